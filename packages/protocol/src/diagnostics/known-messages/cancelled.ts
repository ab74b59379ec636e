import { defineMessage } from './known-message.js';
import { diagnose } from './steps.js';

/** Calls that were ended by this end itself. Rows of the general kind: a cancellation is often the outer exception. */
export const cancelledMessages = [
  defineMessage({
    id: 'data.closed-here',
    patterns: [
      'cannot access a disposed object...networkstream',
      'cannot access a disposed object...sslstream',
      'cannot access a disposed object...sockets.socket',
      'cannot access a disposed object...tcpclient',
      'wsacancelblockingcall',
      'can not read or write a disposed stream',
      'method cannot be called when another write operation is pending',
      'method cannot be called when another read operation is pending',
    ],
    text: "Cannot access a disposed object. Object name: 'System.Net.Security.SslStream'. / A blocking operation was interrupted by a call to WSACancelBlockingCall",
    means:
      'This end had already closed the connection when it was still being used. The message is a consequence: the service was stopping, the call was canceled, or an earlier error closed it.',
    causes: [
      { text: 'the service was stopped or restarted, or the call was canceled' },
      { text: 'an earlier error on the same connection: the lines before this one name it' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action:
          'Read the lines before this one in the same log. If the service was stopping or a task was canceled, ignore this message.',
      },
      diagnose(seen, 'If an earlier line names a network error, it reports the stage that fails.'),
    ],
    decidedBy: 'host',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  System.ObjectDisposedException: Cannot access a disposed object. Object name: 'System.Net.Security.SslStream'.",
  }),
  defineMessage({
    id: 'data.cleanup-failed',
    patterns: [
      'exception disposing connection',
      {
        oneOf: ['this may result in a memory leak'],
        regex: /failed to (?:close stream|close tcpclient|release tcpclient).{0,200}this may result in a memory leak/,
      },
      'failed to cleanup the script working directory on tentacle',
    ],
    text: 'Exception disposing connection from pool / Failed to close stream for .... This may result in a memory leak. / Failed to cleanup the script working directory on Tentacle',
    means: 'A connection that had already broken could not be closed properly. Nothing failed because of that.',
    causes: [{ text: 'the connection was cut before: the lines before this one name the reason' }],
    next: () => [
      {
        who: 'you',
        action: 'Run explain on the lines before this one. If deployments and health checks work, ignore this message.',
      },
    ],
    decidedBy: 'both',
    isUsual: true,
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  https://web01.example:10933/    27  Exception disposing connection from pool',
  }),
  defineMessage({
    id: 'rpc.canceled',
    patterns: [
      'the operation was canceled',
      'the operation was cancelled',
      'a task was canceled',
      'a task was cancelled',
      'operationcanceledexception',
      'taskcanceledexception',
      'requestcancelledexception',
      'the server task was canceled',
      'the task was canceled',
      'this task was canceled before it could start',
      'script execution was cancelled',
      'script execution canceled',
      'was cancelled before it could be collected by the polling endpoint',
      'was cancelled before a response was received',
      'will try to cancel the request',
      'operation canceled',
      'socketexception (125)',
    ],
    text: 'The operation was canceled. / A task was canceled. / The server task was canceled.',
    means:
      'This end stopped waiting on purpose. A cancellation is not a fault of the network: no connection was refused, cut or rejected.',
    causes: [
      { text: 'a person or an automatic rule canceled the task (also: its time limit in the machine policy)' },
      { text: 'Octopus Server or the Tentacle was stopping, or the node was draining' },
      {
        text: 'with HttpClient in the stack trace: a web request timed out (100 s; before .NET 5 it is worded like this)',
      },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action:
          'Check whether the task was canceled at that second: its history and the audit log name the user. Compare with the start of the service in the log. If either fits, nothing is wrong.',
      },
      diagnose(seen, 'If nothing was canceled, it shows whether the other end responds, and at which stage it stops.'),
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  System.Threading.Tasks.TaskCanceledException: A task was canceled.',
  }),
];
