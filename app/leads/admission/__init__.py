"""How a batch is let in; see ``app.leads.admit``."""
