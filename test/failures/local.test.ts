import { provoke } from './provocation.js';
import { localCases } from './tcp.cases.js';

provoke(localCases);
