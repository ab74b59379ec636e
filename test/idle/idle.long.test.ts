import { provoke } from '../failures/provocation.js';
import { idleCases } from './idle.cases.js';

provoke(idleCases);
