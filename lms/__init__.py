"""The application core of the supporters' training site: floor (kernel, web) and roof (app, cli)."""
