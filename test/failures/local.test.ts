import { provoke } from './provocation.js';
import { localCases } from './local.cases.js';

provoke(localCases);
