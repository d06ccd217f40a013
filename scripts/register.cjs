/**
 * Lets plain node load TypeScript: `node --require ./scripts/register.cjs file.ts`.
 *
 * tsx's CommonJS hook alone starts in 0.1 s against 0.5 s for all of tsx, whose second hook, for ES modules, needs a
 * thread of its own in each process. What is lost with it, `import('./file.ts')`, is turned into a require here.
 */
/* oxlint-disable no-underscore-dangle -- the names are Node's */
'use strict';

const Module = require('node:module');

require('tsx/cjs');

const relativeImport = /\bimport(\(\s*["']\.{1,2}\/[^"']+\.ts["']\s*\))/g;
// As long as the word `import`, so that the columns of the source map still fit.
const replacement = 'lazyTs';
const helper = `\nfunction ${replacement}(path) { return Promise.resolve().then(() => require(path)); }`;
const compile = Module.prototype._compile;

Module.prototype._compile = function compileWithoutDynamicImports(code, filename, ...rest) {
  let text = code;
  if (typeof code === 'string' && filename.endsWith('.ts')) {
    text = code.replace(relativeImport, `${replacement}$1`);
    if (text !== code) text += helper;
  }
  return Reflect.apply(compile, this, [text, filename, ...rest]);
};

// Every process would otherwise print the AWS SDK's farewell to Node 20.
const { environmentOf } = require('../contracts/env.ts');
Object.assign(process.env, environmentOf({ noNodeWarning: 'true' }));
