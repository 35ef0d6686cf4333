"""The list of incidents and the page of one: rows of the API in a person's words."""
