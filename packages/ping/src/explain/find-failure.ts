import { catalogue, type FailureDefinition, type FailureId } from 'tentacle-protocol/diagnostics';

/** The failure with this id. */
export function findFailure(id: string): FailureDefinition<FailureId> | undefined {
  return catalogue.find((failure) => failure.id === id);
}
