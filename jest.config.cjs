/** One configuration for every suite; `scripts/test.mjs` picks folders. */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/build', '<rootDir>/cdk.out', '<rootDir>/.tierline'],
  transform: {
    '^.+\\.(t|j|mj)sx?$': [
      '@swc/jest',
      { module: { type: 'commonjs' }, jsc: { target: 'es2022', parser: { syntax: 'typescript', tsx: false } } },
    ],
  },
  // Packages that ship only ES modules.
  transformIgnorePatterns: ['/node_modules/(?!(jose|oidc-provider|nanoid|quick-lru|eta)/)'],
  setupFilesAfterEnv: ['<rootDir>/tests/support/stack-retries.ts'],
  testTimeout: 60_000,
};
