-- The same as sqlite/0014_offers.sql.
-- Offers that nobody answered are found by their last day.
CREATE INDEX enrolment_offer ON enrolment (offer_until, enrolment_id) WHERE state = 'offered';
