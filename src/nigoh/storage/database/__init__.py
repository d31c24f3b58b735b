"""The database: tables, migrations, and a repository for each noun."""
