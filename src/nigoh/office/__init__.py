"""What people ask of nigoh, done whole: enrol, search, import. Each combines storage, recognition and audit."""
