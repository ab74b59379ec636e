export { list, verdictText, warningsText } from 'tentacle-protocol';
