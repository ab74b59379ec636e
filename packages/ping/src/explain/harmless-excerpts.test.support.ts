/** Excerpts of logs and consoles of ends that work, with words of known messages in them. */
export const HARMLESS_EXCERPTS: readonly string[] = [
  `2024-03-05 09:15:44.7201   4508     12  INFO  listen://[::]:10933/            12  Accepted TCP client: [::ffff:10.20.30.40]:56218
2024-03-05 09:15:44.7468   4508     12  INFO  listen://[::]:10933/            12  Client at [::ffff:10.20.30.40]:56218 authenticated as 1F0C9A3B5D7E2468ACE013579BDF02468ACE1357`,
  `2024-03-05 09:12:03.0101   2210      1  INFO  Octopus Deploy: Server version 2024.1.12087 instance Default
2024-03-05 09:12:04.1110   2210      7  INFO  Web server is ready to process requests
2024-03-05 09:12:04.1130   2210      7  INFO  Listening for polling Tentacles on port 10943`,
  `Saving instance: Tentacle
Setting home directory to: C:\\Octopus
A new certificate has been generated and installed. Thumbprint:
9B312E9380F0102A5F1308B3667A200BFAB441E1
Application directory set to: C:\\Octopus\\Applications
Services listen port: 10933
Tentacle will not listen on a port
Proxy username cleared
Proxy use is disabled`,
  `INFO: Checking connectivity on the server communications port 10943...
VERBOSE: Connectivity with the server communications port successfully verified.`,
  `Rehashing SSL/TLS certificates
rehash: warning: skipping ca-certificates.crt,it does not contain exactly one certificate or CRL
Checking registration status...
Tentacle is already configured and registered with server.
2024-09-09 14:39:44.3626 | DEBUG | Machine configuration home directory is /etc/octopus
2024-09-09 14:39:44.3755 | DEBUG | Loading configuration from ConfigMap for namespace octopus-agent
Disabling polling proxy
2024-09-09 14:39:45.7612 |  INFO | Proxy use is disabled
===============================================
Starting Octopus Deploy Kubernetes Tentacle
===============================================
2024-09-09 14:39:46.6331 | DEBUG | Loading certificate with thumbprint: E7363A5076C2C5761CC708528AB274ED57F4C258`,
  `09:20:30   Info     |     Acquiring packages
09:20:31   Verbose  |       Package Web.1.4.417 was found in cache. No need to download.
09:20:36   Verbose  |       Exit code: 0`,
  `17:14:32   Verbose  |       Establishing SSH connection...
17:14:33   Verbose  |       SSH connection established
17:14:33   Verbose  |       SSH connection disposed.`,
  `Performing health check on machine
Establishing SSH connection...
Connected. OpenSSH_8.9p1
Successfully finished check deployment target`,
  `Finding project: xxx
Finding release: xxx
Deploying xxx xxx to: xxx (Guided Failure: Not Enabled)
Waiting for the deployment to complete....`,
  `The version 7.1.4 of the Calamari tool has not been extracted, it will be extracted automatically.
Version 7.1.4 of the Calamari tool has been extracted successfully
Importing certificate 'CN=OctopusServer' with thumbprint 'FADD35F52F269FF0123D08396E2A6C1706496EE6'`,
  `2024-03-05 09:14:03.0000   2210     42  INFO  Checking for updates: the server is up to date
2024-03-05 09:14:04.0000   2210     42  INFO  Scheduled task CheckForOctopusUpgradesTask completed`,
  `2024-03-05 09:14:03.0000   2210     42  INFO  Downloading package Acme.Web from NuGet feed 'https://nuget.example/v3/index.json'
2024-03-05 09:14:05.0000   2210     42  INFO  Downloaded package Acme.Web 1.0.0`,
  `SERVICE_NAME: OctopusDeploy Tentacle
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 4  RUNNING`,
  `MSI (s) (A4:10) [09:29:11:797]: Product: Octopus Deploy Tentacle -- Installation completed successfully.
MSI (s) (A4:10) [09:29:11:799]: Windows Installer installed the product.`,
  `2024-03-05 09:14:03.0000   2210     42 DEBUG  Microsoft.Data.SqlClient pool size 100`,
  `[14:43:50]Handshaking with Octopus server: http://192.0.2.175:8066/api
[14:43:50]Handshake successful. Octopus version: 0.9.620.4
[14:43:50]Finding environments...`,
  `2024-03-05 10:00:00.0000   4508     27  INFO  https://octopus.example:10943/             27  Opening a new connection
2024-03-05 10:00:00.1000   4508     27  INFO  https://octopus.example:10943/             27  Secure connection established. Server at https://octopus.example:10943/ identified by thumbprint: 1F0C9A3B5D7E2468ACE013579BDF02468ACE1357`,
  `2024-03-05 10:00:00.0000   4508     27  INFO  The Windows Service has stopped
2024-03-05 10:00:09.0000   4508     27  INFO  The Windows Service has started`,
  `Status: Ready
Machine web01 is healthy
3 of 3 targets are healthy`,
  `10:15:20   Info     |       GET https://app.example/ returned 200
10:15:20   Info     |       msdeploy finished: 0 errors`,
  `Error handling was configured for 3 steps
Retries: 0`,
  `2024-03-05 10:00:00.0000   2210      9  INFO  HTTP GET /api/machines/all responded 200 in 12 ms`,
  `-- Journal begins at Mon 2024-01-01 00:00:00 UTC. --
Mar 05 10:00:01 web01 systemd[1]: Started Octopus Deploy Tentacle.`,
  `NAME                                      READY   STATUS    RESTARTS   AGE
octopus-agent-tentacle-5d5b585c76-4qncc   1/1     Running   0          3d`,
  `2024-03-05 10:00:00.0000   2210      9  INFO  Certificates: 3 certificates in the library, none expires soon`,
  `VERBOSE: [2019-02-19 06:53:48Z] [VERBOSE] [sql01]: [[cTentacleAgent]OctopusTentacle] Installing MSI...
VERBOSE: [2019-02-19 06:53:58Z] [VERBOSE] [sql01]: [[cTentacleAgent]OctopusTentacle] Tentacle commands complete`,
  `10:15:20   Verbose  |       Process powershell.exe in C:\\Octopus\\Work exited with code 0`,
  `Tentacle version 8.1.1322 (8.1.1322)
Checking health...
Successfully finished Check health on a machine.`,
  `2024-03-05 10:00:00.0000   4508     27 TRACE  listen://[::]:10933/            27  No messages received from client for timeout period. Connection closed and will be re-opened when required`,
  `10:57:13   Verbose  |       Using Calamari 4.21.1
10:57:13   Verbose  |       Acquired the script isolation mutex`,
];
