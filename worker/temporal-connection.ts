import type { NativeConnectionOptions } from '@temporalio/worker';
import { setting } from '../contracts/env.ts';
import { placeOf } from './patient-tunnel.ts';

export interface TemporalConnection {
  readonly address: string;
  readonly tls?: true;
  readonly apiKey?: string;
}

/** Where Temporal is, by the settings: with a key it is spoken to over TLS. */
export function temporalConnection(): TemporalConnection {
  const apiKey = setting('temporalApiKey');
  return { address: setting('temporalAddress'), ...(apiKey === undefined ? {} : { tls: true, apiKey }) };
}

/**
 * The worker's own connection. Without TLS the server is next door, and nothing is compressed, which the SDK does by itself: in
 * a burst that takes both sides a fourteenth of their processor time (ADR 114).
 * @param near the end of the tunnel that leads there; the server's certificate bears the server's name, not that of the tunnel
 */
export function workerConnection({ address, tls, ...rest }: TemporalConnection, near: string): NativeConnectionOptions {
  return tls === undefined
    ? { ...rest, address: near, grpcCompression: { codec: 'none' } }
    : { ...rest, address: near, tls: { serverNameOverride: placeOf(address).host } };
}
