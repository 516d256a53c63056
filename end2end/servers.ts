// Before the journeys: a fresh demo database for each engine, and a server on a free port beside it. Afterwards both
// are gone. The address of each is in GUICHET_AT_SQLITE, GUICHET_AT_POSTGRES.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const binary = process.env.GUICHET_BIN ?? join(import.meta.dirname, "../target/guichet-debug");
const site = process.env.GUICHET_SITE ?? join(import.meta.dirname, "../target/site");
const HOUSEHOLDS = "200";

export default async function servers() {
  const folder = mkdtempSync(join(tmpdir(), "guichet-journeys-"));
  const running: ChildProcess[] = [];
  const stop = async () => {
    for (const server of running) {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const databases: [string, string][] = [["SQLITE", `sqlite://${folder}/guichet.db`]];
    const postgres = process.env.GUICHET_TEST_POSTGRES;
    if (postgres) databases.push(["POSTGRES", newDatabase(postgres)]);
    else console.log("GUICHET_TEST_POSTGRES is not set: journeys on SQLite only");
    for (const [engine, database] of databases) {
      const place = ["--database", database, "--keys", join(folder, `${engine}.keys`)];
      execFileSync(binary, ["demo", "--households", HOUSEHOLDS, "--seed", "7", ...place], { stdio: ["ignore", "ignore", "inherit"] });
      process.env[`GUICHET_AT_${engine}`] = await serve(place, running, join(folder, `${engine}.log`));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function newDatabase(url: string): string {
  const name = `guichet_journeys_${process.pid}`;
  execFileSync("psql", [url, "-q", "-c", `CREATE DATABASE ${name}`]);
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.toString();
}

// The server says where it is once it answers.
async function serve(place: string[], running: ChildProcess[], log: string): Promise<string> {
  const args = ["serve", ...place, "--listen", "127.0.0.1:0", "--site", site];
  const server = spawn(binary, args, { stdio: ["ignore", "pipe", openSync(log, "a")] });
  running.push(server);
  for await (const line of createInterface({ input: server.stdout! })) {
    const at = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
    if (at) {
      server.stdout!.resume();
      return at[0];
    }
  }
  throw new Error(`guichet ${args.join(" ")} ended before it answered; see ${log}`);
}
