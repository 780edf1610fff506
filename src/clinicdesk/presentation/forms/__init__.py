"""Forms and consent: the list, writing a form, collecting a signature."""
