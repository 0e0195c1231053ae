"""The cluster mycluster-0: EKS on AWS, with cloud resources from Crossplane."""
