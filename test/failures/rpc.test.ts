import { provoke } from './provocation.js';
import { rpcCases } from './rpc.cases.js';

provoke(rpcCases);
