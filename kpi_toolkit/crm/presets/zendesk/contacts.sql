-- needs: contacts.role
SELECT * EXCLUDE (role) FROM contacts WHERE role = 'end-user'
