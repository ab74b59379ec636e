/** A folder that the service needs. */
export interface NeededFolder {
  readonly path: string;
  /** `home`: nothing but Tentacle writes to it. `applications`: what is deployed there may write too. */
  readonly use: 'home' | 'applications';
}
