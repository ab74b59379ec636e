#!/usr/bin/env node
import process from 'node:process';
import { startProgram } from 'tentacle-protocol/open-files';

void startProgram('tentacle-ping', () => import('../dist/main.js'), process);
