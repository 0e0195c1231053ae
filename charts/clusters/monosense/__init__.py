"""The two Talos clusters of monosense.io: settings of each, and the components that they share."""
