import { provoke } from './provocation.js';
import { tcpCases } from './tcp.cases.js';

provoke(tcpCases);
