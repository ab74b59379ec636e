import { provoke } from './provocation.js';
import { dnsCases } from './tcp.cases.js';

provoke(dnsCases);
