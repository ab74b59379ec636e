export { stepLabel } from 'tentacle-protocol/cli';
