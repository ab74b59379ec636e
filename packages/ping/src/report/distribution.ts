export { buildDistribution, type DistributionStep } from 'tentacle-protocol/cli';
