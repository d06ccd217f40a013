/**
 * Adds to package-lock.json the binary packages of other platforms that npm left out.
 *
 * npm drops an optional package that its registry could not give it at that moment, and `npm ci` then refuses the lock
 * everywhere. Run this after each change of dependencies; with `--check` it only names what is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './ensure-install.mjs';

const systems = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony', 'aix', 'netbsd', 'openbsd', 'sunos'];
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];

/** What a binary package runs on, read from its name: `@swc/core-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => /^(gnu|glibc)/.test(word))
      ? ['glibc']
      : [];
  return { ...(cpu.length > 0 && { cpu }), ...(libc.length > 0 && { libc }), ...(os.length > 0 && { os }) };
}

/** Where Node would find `name` from the package at `path`; undefined when the lock does not have it. */
function resolveIn(packages, path, name) {
  let folder = path;
  for (;;) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[candidate]) return candidate;
    if (folder === '') return undefined;
    const parent = folder.lastIndexOf('/node_modules/');
    folder = parent < 0 ? '' : folder.slice(0, parent);
  }
}

/** The entries that the lock lacks, by their path. */
export function missingEntries(lock) {
  const missing = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolveIn(lock.packages, path, name)) continue;
      const version = range.replace(/^[~^=v]+/, '');
      missing[`node_modules/${name}`] = {
        version,
        ...platformOf(name),
        ...(entry.dev && { dev: true }),
        optional: true,
      };
    }
  }
  return missing;
}

const file = join(checkout, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = missingEntries(lock);
const names = Object.keys(missing);
if (process.argv.includes('--check')) {
  if (names.length > 0) {
    process.stderr.write(
      `package-lock.json lacks ${names.length} packages, so npm ci would refuse it: run node scripts/complete-lock.mjs\n`,
    );
    process.exitCode = 1;
  }
} else if (names.length > 0) {
  const { '': root, ...rest } = lock.packages;
  const sorted = Object.entries({ ...rest, ...missing }).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = { '': root, ...Object.fromEntries(sorted) };
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`Added ${names.length} packages to package-lock.json\n`);
}
