/** A small web server for metrics: TLS and users from Prometheus' web configuration file, YAML whose errors have a place. */

export { errorAt, type FilePosition } from './file-position.js';
export { type PlacedEntry, PlacedYaml } from './placed-yaml.js';
export { WebAccess } from './web-access.js';
export { serveWeb, type WebAnswer, type WebRequest, type WebServer } from './web-server.js';
