/** What the other end reports of its listener, for the period of the attempts. */
export interface ListenerState {
  /** Node's name of its system. */
  readonly platform: string;
  /**
   * New connections that its system dropped, because a queue was full and for any reason, for all listeners of its network
   * namespace; absent: not counted over the whole period.
   */
  readonly listenOverflows?: number;
  readonly listenDrops?: number;
  /** Its own queue was full when connections were dropped. */
  readonly wasQueueFull: boolean;
  /** The longest time for which its process did not run; 0: it ran all the time; absent: unknown. */
  readonly longestStallUs?: number;
  /** Whether it could open a file or socket at any time; absent: unknown. */
  readonly hadFreeHandles?: boolean;
  /** Whether connections waited in its queue when it stopped listening, which the system then reset; absent: unknown. */
  readonly leftConnections?: boolean;
}
