# The worker's image: docker build --platform linux/arm64 -f infra/worker.Dockerfile -t <repository>:<tag> .
FROM node:24-bookworm-slim AS build
WORKDIR /tierline
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY . .
# Compiled once, here: a worker starts in a second, and all workers of an image run the same workflows.
RUN node --require ./scripts/register.cjs --eval \
  "require('./worker/workflow-bundle.ts').compileWorkflows().then((code) => require('fs').writeFileSync('workflows.js', code))"

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates tini && rm -rf /var/lib/apt/lists/*
WORKDIR /tierline
COPY --from=build /tierline /tierline
USER node
ENV NODE_ENV=production TIERLINE_WORKFLOW_BUNDLE=/tierline/workflows.js
ENTRYPOINT ["tini", "--", "node", "--require", "./scripts/register.cjs", "worker/main.ts"]
