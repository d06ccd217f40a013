/** One call of the DynamoDB protocol without the SDK; only for local endpoints, which check no signature. */
export async function callDynamodb(
  endpoint: string,
  action: string,
  input: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'x-amz-date': '20200101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.json() };
}
