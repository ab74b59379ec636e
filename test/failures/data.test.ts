import { dataCases } from './data.cases.js';
import { provoke } from './provocation.js';

provoke(dataCases);
