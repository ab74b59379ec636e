/** The hash of the password `secret`, with bcrypt's lowest cost. */
export const SECRET_HASH = '$2b$04$JLjtIlgqstaW.onFffz6r.V2g7hgTCsN532.FkcNEeCH/TWhVZ67G';
