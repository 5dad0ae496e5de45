export { inspectSqlite } from "./node/sqlite/inspect-sqlite.ts";
export { openSqlite } from "./node/sqlite/sqlite.ts";
