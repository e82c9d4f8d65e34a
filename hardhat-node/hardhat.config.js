import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

export default defineConfig({
  // Hardhat takes no source from outside its own folder, so ./contracts is a link to ../contracts.
  paths: { sources: "./contracts", tests: { solidity: "./test" } },
  solidity: {
    // The compiler is the npm package `solc`, named by path: nothing is downloaded, and py-solc-x
    // drives the same file. These settings must equal SETTINGS in contracts/build.py.
    version: "0.8.37",
    path: require.resolve("solc/soljson.js"),
    settings: {
      evmVersion: "paris",
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: "none" },
    },
  },
  networks: {
    // `hardhat node`: keeps nothing, and gas costs nothing, as on the permissioned chain.
    node: {
      type: "edr-simulated",
      chainId: 31337,
      initialBaseFeePerGas: 0,
      minGasPrice: 0,
      // Else every block is at least a second after the last, and a busy chain runs ahead of the clock.
      allowBlocksWithSameTimestamp: true,
    },
  },
  test: {
    solidity: {
      // The seed is fixed, so that a failure and the gas snapshot repeat on every machine.
      fuzz: { runs: 512, seed: "0x5ea1" },
      invariant: { runs: 64, depth: 128 },
    },
  },
});
