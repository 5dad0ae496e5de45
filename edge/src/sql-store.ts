export { openSqlStore } from "./sql/sql-store.ts";
