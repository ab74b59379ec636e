import { nowUs } from 'tentacle-protocol';
import { addressGroup, transferLimitMessage } from 'tentacle-protocol/diagnostics';
import {
  DEFAULT_TRANSFER_LIMITS,
  sizeText,
  timeText,
  TRANSFER_LIMITS,
  type TransferLimit,
  type TransferLimitSettings,
} from '../options/transfer-limit-options.js';
import { HourAccount } from './hour-account.js';

/** Each account takes about 200 bytes, or 1.5 KB after transfers in every minute of an hour. */
const ADDRESSES_MAX = 5000;

/** The account of a running transfer is looked at no more often: it has a sum over an hour to make. */
const CHECK_INTERVAL_MS = 100;

/** Echoes of up to this size are counted and always served: those of tentacle-ping have 56 bytes. */
const SMALL_ECHO_BYTES = 1024;

/** How many transfers reached a limit, and how much was transferred. */
export interface TransferCounts {
  /** Of uploads, downloads and echoes. */
  readonly movedBytes: number;
  readonly refused: number;
  readonly cut: number;
}

/** One upload or download under way. */
export interface Transfer {
  /** It may take this long. */
  readonly ms: number;
  /** Counts bytes. @returns the message with which it must end now, if it reached a limit. */
  moved(bytes: number): string | undefined;
  /** The message with which it must end when its time is over. */
  timeIsOver(): string;
  /** It is over. Without effect the second time. */
  end(): void;
}

/** Limits what clients transfer: one transfer, and all within an hour, for each address and in all. */
export class TransferLimits {
  readonly settings: TransferLimitSettings;
  readonly #clockMs: () => number;
  readonly #total = new HourAccount();
  /** By address, the one that was used longest ago first. */
  readonly #accounts = new Map<string, HourAccount>();
  #movedBytes = 0;
  #refused = 0;
  #cut = 0;

  constructor(settings: TransferLimitSettings = DEFAULT_TRANSFER_LIMITS, clockMs = (): number => nowUs() / 1000) {
    this.settings = settings;
    this.#clockMs = clockMs;
  }

  get counts(): TransferCounts {
    return { movedBytes: this.#movedBytes, refused: this.#refused, cut: this.#cut };
  }

  /** Begins a transfer whose bytes are reserved until it ends. @returns the message with which it is refused. */
  begin(address: string, what: 'upload' | 'download', bytes: number): Transfer | string {
    const account = this.#accountOf(address);
    const { each } = this.settings;
    const refusal =
      bytes > each.bytes
        ? `${optionOf('each')} is ${sizeText(each.bytes)}; this ${what} has ${bytes} bytes`
        : this.#refusalOf(account, bytes);
    if (refusal !== undefined) {
      this.#refused++;
      return transferLimitMessage(refusal);
    }
    for (const one of [account, this.#total]) one.begin(this.#clockMs(), bytes);
    return this.#transfer(account, bytes);
  }

  /** Counts an echo, in both directions. @returns the message with which it is refused. */
  echo(address: string, payloadBytes: number): string | undefined {
    const account = this.#accountOf(address);
    const bytes = 2 * payloadBytes;
    const refusal = payloadBytes > SMALL_ECHO_BYTES ? this.#refusalOf(account, bytes) : undefined;
    if (refusal !== undefined) {
      this.#refused++;
      return transferLimitMessage(refusal);
    }
    const nowMs = this.#clockMs();
    for (const one of [account, this.#total]) one.add(nowMs, bytes, 0);
    this.#movedBytes += bytes;
    return undefined;
  }

  #transfer(account: HourAccount, announcedBytes: number): Transfer {
    const startedMs = this.#clockMs();
    const { ms } = this.settings.each;
    let movedBytes = 0;
    let checkedMs = startedMs;
    let isOver = false;
    const cut = (reason: string): string => {
      this.#cut++;
      return transferLimitMessage(reason);
    };
    const timeIsOver = (): string => cut(`${optionOf('each')} is ${timeText(ms)}; this transfer took longer`);
    return {
      ms,
      timeIsOver,
      moved: (bytes) => {
        movedBytes += bytes;
        this.#movedBytes += bytes;
        const nowMs = this.#clockMs();
        if (nowMs - startedMs > ms) return timeIsOver();
        if (nowMs - checkedMs < CHECK_INTERVAL_MS) return undefined;
        checkedMs = nowMs;
        const over = this.#hourLimits(account).find((one) => one.account.usedMs(nowMs) > one.limit.ms);
        return over === undefined ? undefined : cut(over.timeText);
      },
      end: () => {
        if (isOver) return;
        isOver = true;
        for (const one of [account, this.#total]) one.end(startedMs, this.#clockMs(), { announcedBytes, movedBytes });
      },
    };
  }

  /** Why this number of bytes is refused; undefined when it is not. */
  #refusalOf(account: HourAccount, bytes: number): string | undefined {
    const nowMs = this.#clockMs();
    for (const { account: one, limit, option, timeText: timeReason } of this.#hourLimits(account)) {
      const leftBytes = Math.max(0, limit.bytes - one.usedBytes(nowMs));
      if (bytes > leftBytes) {
        const frees = freesText(one.freesBytesMs(nowMs, limit.bytes - bytes), nowMs);
        return `${option} is ${sizeText(limit.bytes)} an hour; ${bytes} bytes were requested, and ${leftBytes} are left${frees}`;
      }
      if (one.usedMs(nowMs) >= limit.ms) return timeReason;
    }
    return undefined;
  }

  #hourLimits(account: HourAccount) {
    const limited = (name: 'perAddress' | 'total', one: HourAccount) => {
      const limit: TransferLimit = this.settings[name];
      const option = optionOf(name);
      return { account: one, limit, option, timeText: `${option} is ${timeText(limit.ms)} an hour, which are used up` };
    };
    return [limited('perAddress', account), limited('total', this.#total)] as const;
  }

  #accountOf(address: string): HourAccount {
    const group = addressGroup(address);
    const account = this.#accounts.get(group) ?? new HourAccount();
    this.#accounts.delete(group);
    this.#accounts.set(group, account);
    if (this.#accounts.size > ADDRESSES_MAX) this.#forgetOne();
    return account;
  }

  /** The account that was used longest ago, unless a transfer is under way. What it transferred stays in the total. */
  #forgetOne(): void {
    for (const [group, account] of this.#accounts) {
      if (account.isTransferring) continue;
      this.#accounts.delete(group);
      return;
    }
  }
}

function optionOf(name: keyof TransferLimitSettings): string {
  return `--${TRANSFER_LIMITS[name].option}`;
}

/** When there is room, in this host's time as UTC. */
function freesText(atMs: number | undefined, nowMs: number): string {
  if (atMs === undefined) return '';
  const at = new Date(Date.now() + atMs - nowMs).toISOString();
  return `; there is room at ${at.slice(0, 16)}Z`;
}
