// Lets `cdk8s import k8s@VERSION` read its definitions from a mirror folder instead of the network.
// Node loads this file first: node --require ./cdk8s_definitions.cjs .../cdk8s import ...
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const util = require(path.join(process.env.CDK8S_CLI, 'lib', 'util.js'));

const download = util.download;
util.download = async (url) => {
  const version = /\/kubernetes-schemas\/v([\d.]+)\/_definitions\.json$/.exec(url)?.[1];
  const file = `cdk8s-definitions-v${version}.json.gz`;
  const local = path.join(process.env.KUBESTRATA_MIRROR ?? '', 'k8s', file);
  const isMirrored = process.env.KUBESTRATA_MIRROR && version && fs.existsSync(local);
  return isMirrored ? zlib.gunzipSync(fs.readFileSync(local)).toString() : download(url);
};
