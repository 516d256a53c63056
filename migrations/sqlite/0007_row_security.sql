-- Nothing: SQLite has no row-level security. A file has one reader, the program itself; what it shows to whom is the
-- business of the use cases. See postgres/0007_row_security.sql.
SELECT 1;
