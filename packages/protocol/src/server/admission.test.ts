import { describe, expect, it } from 'vitest';
import { Admission, type AdmissionLimits, type Place } from './admission.js';
import { RejectedConnectionError } from './rejected-connection-error.js';

const ROOMY: AdmissionLimits = {
  connectionsMax: 1000,
  connectionsPerAddressMax: 1000,
  unidentifiedMax: 1000,
  unidentifiedPerAddressMax: 1000,
  keptPercent: 10,
};

function admission(limits: Partial<AdmissionLimits>): Admission {
  return new Admission({ ...ROOMY, ...limits });
}

function admitted(door: Admission, address: string): Place {
  const place = door.admit(address);
  if (place instanceof RejectedConnectionError) throw place;
  return place;
}

/** The code and the limit of a refusal; undefined for a place, which is taken. */
function refusal(door: Admission, address: string): [code: string, limit: number | undefined] | undefined {
  const place = door.admit(address);
  return place instanceof RejectedConnectionError ? [place.code, place.limit] : undefined;
}

/** One more address for each number. */
const address = (number: number): string => `192.0.2.${number}`;

describe('a listener admits', () => {
  it('connections up to its limit in all, and further ones when others have left', () => {
    const door = admission({ connectionsMax: 2 });
    const first = admitted(door, address(1));
    admitted(door, address(2));
    expect(refusal(door, address(3))).toEqual(['TOO_MANY_CONNECTIONS', 2]);
    first.leave();
    expect(refusal(door, address(3))).toBeUndefined();
    expect(refusal(door, address(4))).toEqual(['TOO_MANY_CONNECTIONS', 2]);
  });

  it('connections up to its limit for an address, which is named first; others still find a place', () => {
    const door = admission({ connectionsPerAddressMax: 2, connectionsMax: 3 });
    const places = [admitted(door, address(1)), admitted(door, address(1))];
    for (const place of places) place.identified();
    expect(refusal(door, address(1))).toEqual(['TOO_MANY_OF_ADDRESS', 2]);
    expect(refusal(door, address(2))).toBeUndefined();
    expect(refusal(door, address(1))).toEqual(['TOO_MANY_OF_ADDRESS', 2]);
    places[0]?.leave();
    expect(refusal(door, address(1))).toBeUndefined();
  });

  it('the addresses of one IPv6 network as one address', () => {
    const door = admission({ connectionsPerAddressMax: 1 });
    admitted(door, '2001:db8:1:2::1');
    expect(refusal(door, '2001:db8:1:2:ffff::2')).toEqual(['TOO_MANY_OF_ADDRESS', 1]);
    expect(refusal(door, '2001:db8:1:3::1')).toBeUndefined();
  });

  it('unidentified connections up to its limits, and further ones when others are identified or have left', () => {
    const door = admission({ unidentifiedPerAddressMax: 1, unidentifiedMax: 2 });
    const first = admitted(door, address(1));
    expect(refusal(door, address(1))).toEqual(['TOO_MANY_UNIDENTIFIED_OF_ADDRESS', 1]);
    const second = admitted(door, address(2));
    expect(refusal(door, address(3))).toEqual(['TOO_MANY_UNIDENTIFIED', 2]);
    first.identified();
    first.identified();
    expect(refusal(door, address(1))).toBeUndefined();
    expect(refusal(door, address(3))).toEqual(['TOO_MANY_UNIDENTIFIED', 2]);
    second.leave();
    expect(refusal(door, address(3))).toBeUndefined();
    // It left when it was identified: nothing is counted twice.
    first.leave();
    expect(refusal(door, address(4))).toEqual(['TOO_MANY_UNIDENTIFIED', 2]);
  });

  it.each([
    ['in all', { connectionsMax: 20 }, 'TOO_MANY_CONNECTIONS'],
    ['unidentified', { unidentifiedMax: 20 }, 'TOO_MANY_UNIDENTIFIED'],
  ] as const)('only addresses that it served to the last tenth of its places %s', (_, limits, code) => {
    const door = admission(limits);
    const known = admitted(door, '198.51.100.1');
    known.served();
    known.leave();
    for (let i = 0; i < 18; i++) admitted(door, address(i));
    expect(refusal(door, address(18))).toEqual([code, 20]);
    expect(refusal(door, '198.51.100.1')).toBeUndefined();
    expect(refusal(door, '198.51.100.1')).toBeUndefined();
    expect(refusal(door, '198.51.100.1')).toEqual([code, 20]);
  });

  it('the latest of the addresses that it served', () => {
    const door = admission({ connectionsMax: 10 });
    const serve = (address: string): void => {
      const place = admitted(door, address);
      place.served();
      place.leave();
    };
    serve('198.51.100.1');
    serve('198.51.100.2');
    for (let i = 0; i < 998; i++) serve(`10.0.${Math.floor(i / 250)}.${i % 250}`);
    serve('198.51.100.1');
    serve('198.51.100.3');
    for (let i = 0; i < 9; i++) admitted(door, address(i));
    expect(refusal(door, '198.51.100.2')).toEqual(['TOO_MANY_CONNECTIONS', 10]);
    expect(refusal(door, '198.51.100.1')).toBeUndefined();
  });
});
