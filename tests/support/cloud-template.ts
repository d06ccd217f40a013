import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { createApp, stackNames } from '../../infra/app.ts';

const resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  DeletionPolicy: z.string().optional(),
});
export type Resource = z.infer<typeof resource>;

const template = z.looseObject({
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});
export type CloudTemplate = z.infer<typeof template>;

/** Both templates, with one small file in the place of each Lambda's code. */
export function synthesised(): Readonly<Record<keyof typeof stackNames, CloudTemplate>> {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-synth-'));
  const code = mkdtempSync(join(tmpdir(), 'tierline-code-'));
  writeFileSync(join(code, 'index.js'), 'exports.handler = async () => ({});\n');
  const { directory } = createApp({ outdir: folder, codeOf: () => Code.fromAsset(code) }).synth();
  const read = (name: string): CloudTemplate =>
    template.parse(JSON.parse(readFileSync(join(directory, `${name}.template.json`), 'utf8')));
  return { state: read(stackNames.state), service: read(stackNames.service) };
}

export function ofType(from: CloudTemplate, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(from.Resources).filter(([, each]) => each.Type === type);
}

const statement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat()),
  Resource: z.unknown().transform((one): readonly unknown[] => (Array.isArray(one) ? one : [one])),
  Condition: z.unknown().optional(),
});
export type Statement = z.infer<typeof statement>;

const policy = z.looseObject({
  PolicyDocument: z.looseObject({ Statement: z.array(statement) }),
  Roles: z.array(z.looseObject({ Ref: z.string() })).optional(),
});

/** Every statement that an identity of the stack has, with the logical id of its role. */
export function statements(from: CloudTemplate): readonly (Statement & { readonly role: string })[] {
  return ofType(from, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const parsed = policy.parse(Properties);
    return parsed.PolicyDocument.Statement.map((each) => ({ ...each, role: parsed.Roles?.[0]?.Ref ?? '' }));
  });
}

/** Logical ids that a value names, by reference or attribute. */
export function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [String(inner[0])];
    return references(inner);
  });
}
