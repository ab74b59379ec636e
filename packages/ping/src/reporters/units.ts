export { columns, ms, WIDTH, wrap } from 'tentacle-protocol';
