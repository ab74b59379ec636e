import { provoke } from './provocation.js';
import { trustCases } from './trust.cases.js';

provoke(trustCases);
