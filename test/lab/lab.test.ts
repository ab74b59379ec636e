import { describe, expect, vi } from 'vitest';
import { itWith } from '../real-components.js';
import { runVariant, whyNot } from './run-scenario.js';
import { scenarios } from './scenarios/index.js';
