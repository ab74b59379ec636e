import { provoke } from '../failures/provocation.js';
import { proxyResponseCases } from './response.cases.js';
import { proxyConnectionCases } from './connection.cases.js';
import { realProxyCases } from './real.cases.js';

provoke([...proxyConnectionCases, ...proxyResponseCases, ...realProxyCases]);
