import { provoke } from './provocation.js';
import { dnsCases } from './dns.cases.js';

provoke(dnsCases);
