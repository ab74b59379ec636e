import { provoke } from '../failures/provocation.js';
import { proxyAnswerCases } from './answer.cases.js';
import { proxyLegCases } from './leg.cases.js';
import { realProxyCases } from './real.cases.js';

provoke([...proxyLegCases, ...proxyAnswerCases, ...realProxyCases]);
