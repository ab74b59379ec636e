export { stepsText } from 'tentacle-protocol';
