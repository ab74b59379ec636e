/** Log of an Octopus Server and two Tentacles without failures: start, polls, health checks, deployments, stop. */
export const HEALTHY_LOG = `
2024-03-05 09:12:01.1180   4508      1  INFO  ==== RunAgentCommand ====
2024-03-05 09:12:01.1180   4508      1  INFO  CommandLine: C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe run --instance=Tentacle
2024-03-05 09:12:01.2003   4508      1  INFO  ==== Octopus Tentacle version 8.3.2771 ====
2024-03-05 09:12:01.2003   4508      1  INFO  Environment Information:
  OperatingSystem: Microsoft Windows NT 10.0.20348.0
  OsBitVersion: x64
  Is64BitProcess: True
  CurrentUser: NT AUTHORITY\\SYSTEM
  MachineName: WEB01
  ProcessorCount: 4
  CurrentDirectory: C:\\Windows\\system32
  TempDirectory: C:\\Windows\\TEMP\\
  HostProcessName: Tentacle
  PID: 4508
2024-03-05 09:12:01.3312   4508      1  INFO  Agent will trust Octopus Servers with the thumbprint: 1F0C9A3B5D7E2468ACE013579BDF02468ACE1357
2024-03-05 09:12:01.3391   4508      1  INFO  listen://[::]:10933/             1  Listener started
2024-03-05 09:12:01.3391   4508      1  INFO  Agent listening on: [::]:10933
2024-03-05 09:12:01.3392   4508      1  INFO  The Windows Service has started
2024-03-05 09:15:44.7201   4508     12  INFO  listen://[::]:10933/            12  Accepted TCP client: [::ffff:10.20.30.40]:56218
2024-03-05 09:15:44.7209   4508     12 TRACE  listen://[::]:10933/            12  Performing TLS server handshake
2024-03-05 09:15:44.7466   4508     12 TRACE  listen://[::]:10933/            12  Secure connection established, client is not yet authenticated, client connected with Tls12
2024-03-05 09:15:44.7468   4508     12 TRACE  listen://[::]:10933/            12  Begin authorization
2024-03-05 09:15:44.7469   4508     12  INFO  listen://[::]:10933/            12  Client at [::ffff:10.20.30.40]:56218 authenticated as 1F0C9A3B5D7E2468ACE013579BDF02468ACE1357
2024-03-05 09:15:44.7471   4508     12 TRACE  listen://[::]:10933/            12  Begin message exchange
2024-03-05 09:15:44.7480   4508     12 TRACE  listen://[::]:10933/            12  Identifying as a server
2024-03-05 09:16:45.0012   4508     12 TRACE  listen://[::]:10933/            12  No messages received from client for timeout period. Connection closed and will be re-opened when required
2024-03-05 09:17:02.1145   4508     14  INFO  listen://[::]:10933/            14  Accepted TCP client: [::ffff:10.20.30.99]:40211
2024-03-05 09:17:02.1150   4508     14 TRACE  listen://[::]:10933/            14  Ignoring empty request
2024-03-05 09:18:10.4410   4508     15 TRACE  listen://[::]:10933/            15  Appears to be a web browser, sending friendly HTML response
2024-03-05 09:20:31.9001   4508     16  INFO  Installing package Web.1.4.417.nupkg
2024-03-05 09:20:33.0178   4508     16  INFO  Script file 20240305092033-417 ended with exit code 0
2024-03-05 09:12:03.0101   2210      1  INFO  Octopus Deploy: Server version 2024.1.12087 (2024.1.12087+Branch.release-2024.1.Sha.36887aa) instance Default
2024-03-05 09:12:03.0200   2210      1  INFO  Environment Information:
  OperatingSystem: Linux 6.1.0-18-amd64
  MachineName: octopus-1
2024-03-05 09:12:04.1110   2210      7  INFO  Web server is ready to process requests
2024-03-05 09:12:04.1120   2210      7  INFO  listen://[::]:10943/             7  Listener started
2024-03-05 09:12:04.1130   2210      7  INFO  Listening for polling Tentacles on port 10943
2024-03-05 09:12:05.7710   2210     21  INFO  https://web01.corp.example:10933/            21  Opening a new connection to https://web01.corp.example:10933/
2024-03-05 09:12:05.7802   2210     21 TRACE  https://web01.corp.example:10933/            21  Connection established to [::ffff:10.20.30.41]:10933 for https://web01.corp.example:10933/
2024-03-05 09:12:05.7803   2210     21 TRACE  https://web01.corp.example:10933/            21  Performing TLS handshake
2024-03-05 09:12:05.8011   2210     21  INFO  https://web01.corp.example:10933/            21  Secure connection established. Server at [::ffff:10.20.30.41]:10933 identified by thumbprint: 9E8D7C6B5A49382716059E8D7C6B5A4938271605, using protocol Tls12
2024-03-05 09:12:05.8040   2210     21 TRACE  https://web01.corp.example:10933/            21  Identifying as a client
2024-03-05 09:12:05.8102   2210     21 TRACE  https://web01.corp.example:10933/            21  Sent message
2024-03-05 09:12:05.8190   2210     21 TRACE  https://web01.corp.example:10933/            21  Received Message
2024-03-05 09:12:06.0001   2210     30  INFO  listen://[::]:10943/            30  Accepted TCP client: [::ffff:10.20.31.7]:51733
2024-03-05 09:12:06.0210   2210     30  INFO  listen://[::]:10943/            30  Client at [::ffff:10.20.31.7]:51733 authenticated as 55C1AA02468ACE13579BDF02468ACE13579BDF02
2024-03-05 09:12:06.5002   2210     31  INFO  poll://w9cs6zpq4d2k/            31  Request IScriptServiceV2::GetStatusAsync[77] / 637d712a-dbd5-431c-9b0f-111111111111 was queued
2024-03-05 09:12:06.5104   2210     31  INFO  poll://w9cs6zpq4d2k/            31  Request IScriptServiceV2::GetStatusAsync[77] / 637d712a-dbd5-431c-9b0f-111111111111 was collected by the polling endpoint
2024-03-05 09:13:00.0000   2210     40  INFO  HTTP GET to https://octopus.corp.example/api/tasks/ServerTasks-407 completed in 112ms by users/admin
2024-03-05 09:13:00.1000   2210     40  INFO  HTTP POST /api/users/login responded 200 in 403.1 ms
2024-03-05 09:13:00.2000   2210     40 DEBUG  Creating a proxy client
2024-03-05 09:13:00.2100   2210     40 DEBUG  Connecting to proxy at proxy.corp.example:3128
2024-03-05 09:13:00.2200   2210     40 DEBUG  Connected to proxy at proxy.corp.example:3128
2024-03-05 09:13:00.2210   2210     40 DEBUG  Sending unauthorized server CONNECT command for web07.corp.example:10933 to proxy
2024-03-05 09:13:11.0000   2210     41  INFO  Starting health check for 417 deployment targets
2024-03-05 09:13:12.0000   2210     41  INFO  Health check for web01 (Listening Tentacle) succeeded
2024-03-05 09:14:00.0000   2210     42  WARN  Free disk space on C:\\ is below 10 GiB
2024-03-05 09:14:01.0000   2210     42  INFO  Retention: 112 packages deleted, 36888 kept
2024-03-05 09:14:02.0000   2210     42  INFO  The certificate of web01 expires on 2124-03-05; nothing has to be done
2024-03-05 09:14:03.0000   2210     42  INFO  Checking for updates: the server is up to date
                    |   Success: Deploy Web 1.4.417 release to Production
09:20:30   Info     |     Acquiring packages
09:20:31   Verbose  |       Making a list of packages to download
09:20:31   Verbose  |       Package Web.1.4.417 was found in cache. No need to download.
09:20:32   Info     |     Step 1: Stop service
09:20:32   Info     |       Service OctopusDeploy Tentacle is running
09:20:34   Info     |       The service was stopped and started again in 2 seconds
09:20:35   Warning  |       WARNING: The names of some imported commands include unapproved verbs
09:20:36   Verbose  |       Exit code: 0
09:20:37   Info     |     Step 2: Test the site
09:20:38   Info     |       GET https://web01.corp.example/health responded with a 200 code
09:20:38   Info     |       Connection to database server sql01 established
09:20:39   Info     |       0 errors, 0 warnings, 503 tests passed
2025-02-26 15:48:52.2835 |  INFO | Checking connectivity on the server communications port 10943...
2025-02-26 15:48:52.9011 |  INFO | Connected successfully
2025-02-26 15:48:53.0002 |  INFO | Registering the tentacle with the server at https://octopus.corp.example/
2025-02-26 15:48:54.0002 |  INFO | Machine registered successfully
2025-02-26 15:48:54.1002 |  INFO | Agent will poll Octopus Server at https://octopus.corp.example:10943/ for subscription poll://k8sagent01/ expecting thumbprint 1F0C9A3B5D7E2468ACE013579BDF02468ACE1357
2025-02-26 15:48:54.2002 |  INFO | Agent will not use a proxy server
2025-02-26 15:48:54.2003 |  INFO | Agent will use the configured system proxy at proxy.corp.example:3128 for server at https://octopus.corp.example:10943/
2025-02-26 15:48:54.3002 |  INFO | Requested polling connection count: 5
2025-02-26 15:48:54.3003 |  INFO | Starting 5 polling connections
2025-02-26 15:48:54.3004 |  INFO | Agent will not listen on any TCP ports
2025-02-26 15:48:55.3004 |  INFO | poll://k8sagent01/              9  Received a null or keep-alive message, polling again
2024-03-05 16:00:00.0100   2210     50  INFO  Deploy Web release 1.4.417 to Production was queued by admin
2024-03-05 16:00:00.2100   2210     50  INFO  Task ServerTasks-407 started; it will run on octopus-1
2024-03-05 16:00:04.2100   2210     50  INFO  IFileTransferService::UploadFile sent 3156 of 3156 bytes to web01
2024-03-05 16:00:09.2100   2210     50  INFO  Task ServerTasks-407 completed successfully in 9 seconds
2024-03-05 16:10:00.0100   2210     51  INFO  Basic authentication is disabled; sign in through Azure AD
2024-03-05 16:10:00.0200   2210     51 DEBUG  Heartbeat received from node octopus-2
2024-03-05 16:10:00.0300   2210     51 DEBUG  Releasing connection to https://web01.corp.example:10933/ back to the pool
2024-03-05 16:10:00.0400   2210     51 TRACE  Proxy web07: connected, using protocol Tls13
2024-03-05 16:10:00.0500   2210     51  INFO  Connection to the package feed https://feed.corp.example/ was tested: OK
{"@t":"2024-03-05T16:11:00.0000000Z","@l":"Information","@m":"Health check finished","Machines":417}
{"Timestamp":"2024-03-05T16:11:01.0000000Z","Level":"Debug","MessageTemplate":"Cleaned up {Count} leases","Properties":{"Count":12}}
[16:12:00 INF] Listening on http://localhost:8080
2024-03-05 18:00:00.0000   4508      1  INFO  The Windows Service is stopping
2024-03-05 18:00:00.1000   4508      1  INFO  listen://[::]:10933/             1  Listener stopped
2024-03-05 18:00:00.2000   4508      1  INFO  The Windows Service has stopped
`.trimStart();
