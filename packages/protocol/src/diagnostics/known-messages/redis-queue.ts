import { octopusServerCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { defineMessage } from './known-message.js';
import { diagnoseServer, readOtherLog } from './steps.js';

const askEachNode: Step = {
  who: 'server-admin',
  action:
    'Ask each node at its own address whether it can use Redis (no API key is needed). IsEnabled, IsConfigured and IsReachable have to be true on every node.',
  windows: 'Invoke-RestMethod https://NODE/api/serverstatus/redis',
  linux: 'curl https://NODE/api/serverstatus/redis',
};

const askRedis: Step = {
  who: 'server-admin',
  action:
    'Look at Redis from a node: does it answer, has it restarted (uptime), is its memory full, and is its policy noeviction?',
  windows: 'Test-NetConnection REDIS -Port 6379',
  linux: 'redis-cli -h REDIS -p 6379 INFO server\nredis-cli -h REDIS -p 6379 INFO memory',
};

/** Faults between the nodes of an Octopus cluster that share polling Tentacles through Redis (Server 2026.4.6909 and later). */
export const redisQueueMessages = [
  defineMessage({
    id: 'poll.redis-unavailable',
    patterns: [
      'failed since an error occured inserting the data into the queue',
      'failed since an error occured when preparing request for queue',
      'unable to reconnect to redis to get data loss detection ct',
      'redis connection failed - endpoint',
      'redis error - endpoint',
      'redisconnectionexception',
      'redistimeoutexception',
      'redisserverexception',
      'it was not possible to connect to the redis server',
      'no connection (requires writable - not eligible for replica)',
      'no connection is active/available to service this operation',
      'oom command not allowed when used memory',
      'error occured dequeuing from the queue',
      'cancellation send operation timed out after',
      'set response operation timed out after',
      'failed to send cancellation for request',
      'failed to set response - endpoint',
      'failed to delete response from redis',
      { oneOf: ['from queue for endpoint'], regex: /failed to clear request .{1,100} from queue for endpoint/ },
      'error applying response for request',
      'error while processing response for request',
      'error deserializing response for request',
      'unexpected error in response watcher',
      'unexpected error in request cancellation watcher',
      'error watching sender node for request',
      'error executing queue request for',
      'error in queue polling loop for endpoint',
    ],
    captures: [/redis (?:connection failed|error) - endpoint: (?:unspecified\/)?(?<detail>[a-z0-9._:-]{1,120})/i],
    text: 'Request ... failed since an error occured inserting the data into the queue / ... when preparing request for queue / Unable to reconnect to redis to get data loss detection CT',
    means:
      'A node of the Octopus cluster could not use the Redis that the nodes share for polling Tentacles. The call did not leave the server: the path to the Tentacle is not the problem.',
    causes: [
      { text: 'Redis is down, restarting, or not reachable from this node (firewall, TLS setting, password)' },
      { text: 'its memory is full: with the policy noeviction it rejects new requests' },
      {
        text: '"preparing request": the cluster shared directory cannot be written, where larger data is kept (DataStreams)',
      },
    ],
    next: () => [
      askEachNode,
      askRedis,
      {
        who: 'server-admin',
        action:
          'Compare the connection string of the nodes: it has to be the same on each. Correct it where it differs, then restart the node. Check too that each node can write to the cluster shared directory.',
        ...octopusServerCommand(
          'configure --multiNodePollingTentaclesRedisConnectionString="REDIS:6380,password=PASSWORD,ssl=true"',
          'service --restart',
        ),
      },
    ],
    decidedBy: 'host',
    example:
      'Request 637d712a-dbd5-431c-9b0f-111111111111 failed since an error occured inserting the data into the queue',
  }),
  defineMessage({
    id: 'poll.redis-data-lost',
    patterns: [
      'redis data loss detected',
      'was cancelled because we detected that redis lost all of its data',
      'redisdatalosshalibutclientexception',
    ],
    text: 'Request ... was cancelled because we detected that redis lost all of its data. / Redis data loss detected! ...',
    means:
      'Redis, which the nodes share for polling Tentacles, restarted empty. Requests in it are gone; Octopus Server detects that and retries as set in the machine policy. The path to the Tentacle is not the problem.',
    causes: [
      { text: 'Redis restarted or failed over (it keeps its data in memory only)' },
      { text: 'its data was flushed, or evicted because the policy is not noeviction' },
    ],
    next: () => [
      askRedis,
      {
        who: 'server-admin',
        action:
          'If it happens again, find out why Redis restarts (memory limit, moved pod, failover). One Redis without replicas, with noeviction and without persistence is what Octopus requires.',
      },
    ],
    decidedBy: 'host',
    example:
      'Request 637d712a-dbd5-431c-9b0f-111111111111 was cancelled because we detected that redis lost all of its data.',
  }),
  defineMessage({
    id: 'poll.no-response',
    patterns: [
      'no response was received from the endpoint within the allowed time',
      'the polling endpoint collected it but did not respond in the allowed time',
      'had an internal error, unexpectedly stopped waiting for the response',
    ],
    captures: [/did not respond in the allowed time \((?<detail>[\d:.]{5,16})\)/i],
    text: 'No response was received from the endpoint within the allowed time. / A request was sent to a polling endpoint, the polling endpoint collected it but did not respond in the allowed time (...), so the request timed out.',
    means:
      'The server stopped waiting for the response of a polling Tentacle. If the message says "collected", the Tentacle had fetched the request: it connects and is trusted.',
    causes: [
      { text: 'the Tentacle was busy or hung, or the call took longer than the time-out of the server' },
      { text: 'the connection was cut while the response was in transit', failure: 'rpc.timeout' },
      { text: 'the node that had the connection, or the Redis between the nodes, became unavailable' },
    ],
    next: (seen) => [
      // Only a server queues requests for polling Tentacles.
      readOtherLog({ ...seen, origin: { ...seen.origin, product: 'server', mode: 'polling' } }),
      diagnoseServer(seen, 'If every stage works there, look at the Tentacle: it is busy or hung.'),
      {
        ...askEachNode,
        action:
          'Only in a cluster with Redis: ask each node at its own address whether it can use Redis (no API key is needed).',
      },
    ],
    decidedBy: 'both',
    example: 'Halibut.HalibutClientException: No response was received from the endpoint within the allowed time.',
  }),
];
