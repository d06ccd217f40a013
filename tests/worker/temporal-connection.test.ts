import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { environmentOf } from '../../contracts/env.ts';
import { temporalConnection, workerConnection } from '../../worker/temporal-connection.ts';

describe('the connection to Temporal', () => {
  const before = { ...process.env };
  beforeEach(() => {
    process.env = { ...before, ...environmentOf({ temporalAddress: 'temporal.example:7233' }) };
  });
  afterEach(() => {
    process.env = before;
  });

  it('goes without TLS and without compression where there is no key', () => {
    expect(temporalConnection()).toEqual({ address: 'temporal.example:7233' });
    expect(workerConnection(temporalConnection(), '127.0.0.1:5000')).toEqual({
      address: '127.0.0.1:5000',
      grpcCompression: { codec: 'none' },
    });
  });

  it("goes by TLS with a key, by the server's name, compressed as the SDK does", () => {
    process.env = { ...process.env, ...environmentOf({ temporalApiKey: 'k' }) };
    expect(temporalConnection()).toEqual({ address: 'temporal.example:7233', tls: true, apiKey: 'k' });
    expect(workerConnection(temporalConnection(), '127.0.0.1:5000')).toEqual({
      address: '127.0.0.1:5000',
      apiKey: 'k',
      tls: { serverNameOverride: 'temporal.example' },
    });
  });
});
