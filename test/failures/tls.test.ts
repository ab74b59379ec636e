import { provoke } from './provocation.js';
import { tlsCases } from './tls.cases.js';

provoke(tlsCases);
