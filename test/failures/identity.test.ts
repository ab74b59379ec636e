import { provoke } from './provocation.js';
import { identityCases } from './identity.cases.js';

provoke(identityCases);
