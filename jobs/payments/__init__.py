"""Money: checkout, Stripe events, fulfilment, refunds, reconciliation, disputes."""
